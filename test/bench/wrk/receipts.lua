-- Receipts for pages that were handed out before: the file holds what names each. Without a file, visits by the same lines.
local slips = {}
local sent = 0

function init(args)
  if not args[1] then return end
  for slip in io.lines(args[1]) do slips[#slips + 1] = slip end
end

function request()
  if #slips == 0 then return wrk.format("GET") end
  sent = sent + 1
  if slips[sent] then return wrk.format("POST", "/.usher/receipt?" .. slips[sent] .. ".0.123.456") end
  wrk.thread:stop()
  return wrk.format("GET")
end
