#!/usr/bin/env bash
# Fills the workspace behind KITH_URL and KITH_TOKEN with a record of each kind, and with a custom
# object that has a field of every type, so that the description has a schema of each.
set -euo pipefail

# usage: call PATH [JSON]; prints the answer
call() {
    local body=()
    [ $# -lt 2 ] || body=(--header "Content-Type: application/json" --data "$2")
    curl --silent --show-error --fail-with-body --header "Authorization: Bearer $KITH_TOKEN" \
        "${body[@]}" "$KITH_URL/api/v1/$1"
}

# usage: call … | first_id
first_id() {
    grep -oE '"id":"[0-9a-f-]{36}"' | head -n 1 | cut -d '"' -f 4
}

# usage: field MEMBERS; adds a field to the custom object
field() {
    call objects/machine/fields "{$1}" >/dev/null
}

me=$(call users/me | first_id)
stage=$(call "stages?limit=1&fields=id" | first_id)
company=$(call companies '{"name": "Babbage Engines", "domain": "babbage.example",
    "annual_revenue": "1000000 EUR", "address": {"city": "London"}, "phones": ["+442079460018"]}' | first_id)
person=$(call people "{\"first_name\": \"Ada\", \"last_name\": \"Lovelace\", \"emails\": [\"ada@babbage.example\"],
    \"company\": \"$company\", \"companies\": [{\"id\": \"$company\", \"role\": \"adviser\"}], \"tags\": [\"poet\"]}" | first_id)
product=$(call products '{"name": "Analytical engine", "sku": "AE-1", "price": "12000.50 GBP"}' | first_id)
deal=$(call deals "{\"name\": \"Two engines\", \"company\": \"$company\", \"people\": [\"$person\"],
    \"stage\": \"$stage\", \"amount\": \"24001 GBP\", \"expected_close\": \"2026-12-31\"}" | first_id)
call line_items "{\"deal\": \"$deal\", \"product\": \"$product\", \"quantity\": 2, \"unit_price\": \"12000.50 GBP\"}" >/dev/null
call leads '{"last_name": "Hopper", "company_name": "Navy"}' >/dev/null
call tasks "{\"name\": \"Ring up\", \"assignee\": \"$me\", \"due_at\": \"2026-12-01T09:00:00Z\",
    \"about\": {\"object\": \"deal\", \"id\": \"$deal\"}}" >/dev/null
call notes "{\"body\": \"She likes it.\", \"about\": {\"object\": \"person\", \"id\": \"$person\"}}" >/dev/null

call objects '{"name": "machine", "label": "Machine"}' >/dev/null
field '"name": "plate", "type": "text", "unique": true'
field '"name": "story", "type": "long_text"'
field '"name": "seats", "type": "number", "indexed": true'
field '"name": "weight", "type": "decimal"'
field '"name": "price", "type": "currency", "indexed": true'
field '"name": "electric", "type": "boolean"'
field '"name": "built", "type": "date"'
field '"name": "seen", "type": "datetime"'
field '"name": "color", "type": "select", "options": ["Deep red", "Blue"]'
field '"name": "extras", "type": "multi_select", "options": ["Radio", "Hook"]'
field '"name": "mails", "type": "emails"'
field '"name": "calls", "type": "phones"'
field '"name": "sites", "type": "links"'
field '"name": "garage", "type": "address"'
field '"name": "stars", "type": "rating", "max": 5'
field '"name": "driver", "type": "user"'
field '"name": "maker", "type": "relation", "object": "company"'
field '"name": "dealers", "type": "relations", "object": "company"'
field '"name": "subject", "type": "any_relation"'
field '"name": "raw", "type": "json"'
field '"name": "number", "type": "autonumber", "prefix": "M-", "digits": 4'
field '"name": "heavy", "type": "formula", "expression": "weight > 100"'
call objects/company/fields '{"name": "machines", "type": "roll_up", "object": "machine", "relation": "maker",
    "function": "count"}' >/dev/null
call machines "{\"name\": \"Difference engine\", \"plate\": \"DE-2\", \"seats\": 1, \"weight\": \"5000.5\",
    \"price\": \"17470 GBP\", \"electric\": false, \"built\": \"1991-06-01\", \"seen\": \"2026-11-21T10:00:00Z\",
    \"color\": \"blue\", \"extras\": [\"hook\"], \"mails\": [\"de2@babbage.example\"], \"sites\": [\"babbage.example\"],
    \"calls\": [\"+442079460018\"], \"garage\": {\"city\": \"London\"}, \"stars\": 5, \"driver\": \"$me\",
    \"maker\": \"$company\", \"dealers\": [\"$company\"], \"raw\": {\"parts\": 8000},
    \"subject\": {\"object\": \"person\", \"id\": \"$person\"}}" >/dev/null
