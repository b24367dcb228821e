-- SPDX-License-Identifier: Apache-2.0
-- POST three observations to a random episode: the arguments are the episodes' range, first excluded.
local low, high
local at = os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - 5)

function init(args)
    low, high = tonumber(args[1]), tonumber(args[2])
    math.randomseed(os.time())
    wrk.headers["Content-Type"] = "application/json"
end

function request()
    local n = 100000000000 + math.random(low + 1, high)
    local body = string.format('{"occurred_at":"%s","assessor":"pt-7","observations":[' ..
        '{"measure":"pain_rest","side":"left","value":%d,"qualifiers":{"analgesic_24h":false}},' ..
        '{"measure":"pain_walk","side":"left","value":%d,"qualifiers":{"analgesic_24h":false}},' ..
        '{"measure":"slr_passive","side":"left","value":%d}]}', at, math.random(0, 3), math.random(0, 3), math.random(40, 90))
    return wrk.format("POST", "/v1/episodes/01900000-0000-7000-8000-" .. string.format("%.0f", n) .. "/assessments", nil, body)
end
