-- Sends the requests of a file in turn, each with a NUL at its end. Prints the result as one line of JSON.
--
-- Arguments: the file; the number of threads; `again` to begin again after the last request, or `once` to send each
-- request once.

local ffi = require("ffi")
ffi.cdef("typedef struct { long seconds; long micros; } latchkey_time; int gettimeofday(latchkey_time *, void *);")

local requests = {}
local last = 0
local repeats = true
local threads = {}

-- Read by the thread that prints the result, in microseconds.
started = 0
finished = 0

local function now()
  local time = ffi.new("latchkey_time")
  ffi.C.gettimeofday(time, nil)
  return tonumber(time.seconds) * 1e6 + tonumber(time.micros)
end

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local text = file:read("*a")
  file:close()
  local count = tonumber(arguments[2])
  repeats = arguments[3] == "again"
  local position, begin = 0, 1
  while true do
    local ending = text:find("\0", begin, true)
    if not ending then break end
    -- A list that repeats is sent by all threads, each from another place.
    if repeats or position % count == number then
      requests[#requests + 1] = text:sub(begin, ending - 1)
    end
    position, begin = position + 1, ending + 1
  end
  if repeats then
    last = math.floor(#requests * number / count)
  end
end

function request()
  last = last + 1
  if last == 2 then
    -- wrk asks for the first request before the measurement.
    started = now()
  end
  if last > #requests then
    if repeats then
      last = 1
    else
      -- Answers that have not arrived do not count. wrk needs a request all the same.
      if finished == 0 then
        finished = now()
      end
      wrk.thread:stop()
      return requests[#requests]
    end
  end
  return requests[last]
end

-- The time that the requests took, if all have been sent.
local function measured_micros(summary)
  local first, final = math.huge, 0
  for _, thread in ipairs(threads) do
    if thread:get("finished") == 0 then
      return summary.duration
    end
    first = math.min(first, thread:get("started"))
    final = math.max(final, thread:get("finished"))
  end
  return final - first
end

function done(summary, latency)
  local errors = summary.errors
  local format = '\nresult: {"requests":%d,"micros":%d,"p50_micros":%d,"p99_micros":%d,'
    .. '"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}\n'
  io.write(string.format(
    format, summary.requests, measured_micros(summary), latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status
  ))
end
