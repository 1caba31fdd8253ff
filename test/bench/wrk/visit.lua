-- Whole visits through a relay: a page and 20 assets over one connection, which the visitor then closes.
local ASSETS = 20
local asked = 0

function request()
  local at = asked % (ASSETS + 1)
  asked = asked + 1
  if at == 0 then return wrk.format("GET", "/page.html") end
  local headers = { ["Connection"] = at == ASSETS and "close" or "keep-alive" }
  return wrk.format("GET", "/asset" .. at .. ".bin", headers)
end
