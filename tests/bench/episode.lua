-- SPDX-License-Identifier: Apache-2.0
-- GET /v1/episodes/{random}<suffix>: arguments are the suffix and how many episodes there are.
local suffix, count

function init(args)
    suffix, count = args[1], tonumber(args[2])
    math.randomseed(os.time())
end

function request()
    local n = 100000000000 + math.random(count)
    return wrk.format("GET", "/v1/episodes/01900000-0000-7000-8000-" .. string.format("%.0f", n) .. suffix)
end
