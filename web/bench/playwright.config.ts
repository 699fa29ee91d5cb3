import { defineConfig } from "@playwright/test";
import tests from "../playwright.config";

export default defineConfig({ ...tests, testDir: ".", testMatch: "*.bench.ts", outputDir: "../test-results", timeout: 30 * 60_000, use: { ...tests.use, actionTimeout: 60_000, contextOptions: { reducedMotion: "no-preference" } } });
