-- Asks the requests of a file in random order and tells the figures as one line of JSON.
--
--     wrk ... -s asking.lua ADDRESS -- FILE SEED
--
-- A line of the file is a path, or a path and a JSON body to post, with a tab between.

local requests = {}

function init(args)
  for line in io.lines(args[1]) do
    local path, body = line:match("^([^\t]+)\t?(.*)$")
    if body == "" then
      requests[#requests + 1] = wrk.format("GET", path)
    else
      requests[#requests + 1] = wrk.format("POST", path, { ["Content-Type"] = "application/json" }, body)
    end
  end
  math.randomseed(tonumber(args[2]))
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency)
  local wrong = summary.errors
  io.write(string.format(
    '{"requests": %d, "us": %d, "p50_us": %d, "p99_us": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), wrong.status,
    wrong.connect + wrong.read + wrong.write + wrong.timeout
  ))
end
