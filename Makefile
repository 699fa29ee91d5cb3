# Every target installs what it needs, and does nothing that is done already.
.DEFAULT_GOAL := help
.PHONY: help run test lint api-check generate check-generated bench bench-web clean
MAKEFLAGS += --no-print-directory

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build Kith and start it on 127.0.0.1:8080, with its data in ./data
	@exec scripts/run.sh

test: ## run all tests
	@exec scripts/test.sh

lint: ## check format, lints, licences and dependencies
	@exec scripts/lint.sh

api-check: ## hold the server's answers against its own description, by thousands of requests
	@exec scripts/api-check.sh

generate: ## write the generated files that are committed (OpenAPI document, the browser application's types)
	@scripts/generate.sh .

check-generated: ## fail where a committed generated file is out of step with the code
	@scripts/check-generated.sh

bench: ## load a million people and measure every case of docs/performance.md (ARGS=--smoke: small)
	@exec scripts/bench.sh $(ARGS)

bench-web: ## measure the browser application in chromium, with 100,000 people and 20,000 deals
	@exec scripts/bench-web.sh

clean: ## remove what was built and installed here; data stays
	@rm -rf target .tools web/node_modules web/dist
