-- A workload for wrk. After `--`: what (constant, read, create, update or paths), path of [base], number of patients, a
-- file. In the file, a body, $N becomes a number that is new in every request, $ID the id of the patient that is written;
-- for paths it holds what is asked for, a path below [base] a line.

local number = 0

function setup(thread)
  number = number + 1
  thread:set("thread", number)
end

function init(arguments)
  what, base, patients = arguments[1], arguments[2], tonumber(arguments[3])
  if arguments[4] then
    local file = io.open(arguments[4])
    body = file:read("*a")
    file:close()
  end
  paths = {}
  if what == "paths" then
    for path in body:gmatch("%S+") do
      paths[#paths + 1] = path
    end
  end
  math.randomseed(thread * 7919 + os.time())
  sent, failed = 0, 0
end

local headers = { ["Content-Type"] = "application/fhir+json", ["Prefer"] = "return=minimal" }

local function filled(id)
  sent = sent + 1
  return (body:gsub("%$N", string.format("%d%09d", thread, sent)):gsub("%$ID", id))
end

function request()
  if what == "constant" then
    return wrk.format("GET", "/")
  end
  if what == "paths" then
    return wrk.format("GET", base .. "/" .. paths[math.random(#paths)], { ["Accept"] = "application/fhir+json" })
  end
  local id = "p" .. math.random(patients)
  if what == "create" then
    return wrk.format("POST", base .. "/Patient", headers, filled(id))
  end
  if what == "update" then
    return wrk.format("PUT", base .. "/Patient/" .. id, headers, filled(id))
  end
  if what == "door" then
    -- a media type with a parameter is not among those the short way answers
    return wrk.format("GET", base .. "/Patient/" .. id, { ["Accept"] = "application/fhir+json;fhirVersion=4.0" })
  end
  return wrk.format("GET", base .. "/Patient/" .. id, { ["Accept"] = "application/fhir+json" })
end

function done(summary, latency, requests)
  local errors = summary.errors
  local wrong = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"errors":%d,"p50":%f,"p99":%f}\n',
    summary.requests, summary.duration / 1e6, wrong, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
