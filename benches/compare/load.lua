-- Sends the requests in the files that the arguments name, in turn. Prints the result as one line of JSON.

local requests = {}
local last = 0

function init(files)
  for number = 1, #files do
    local file = assert(io.open(files[number], "rb"))
    requests[number] = file:read("*a")
    file:close()
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary, latency)
  local errors = summary.errors
  local format = '\nresult: {"requests":%d,"micros":%d,"p50_micros":%d,"p99_micros":%d,'
    .. '"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}}\n'
  io.write(string.format(
    format, summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status
  ))
end
