-- Visitors who come by themselves, not because the one before was answered: each of the connections thinks for a time
-- drawn from an exponential distribution before it asks again. wrk counts delays in whole milliseconds and ends them
-- half a millisecond early on average, hence the rounding.
local mean = 1

function init(args)
  mean = tonumber(args[1])
  math.randomseed(os.time())
end

function delay()
  local ms = -mean * math.log(1 - math.random())
  return math.floor(math.min(ms, 10 * mean) + 0.5 + math.random())
end
