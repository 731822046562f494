// Caddy with examples/caddy/Caddyfile. Not every distribution packages Caddy.

import { spawnSync } from "node:child_process";
import { test } from "@playwright/test";
import { declareProxyTests } from "./rules.js";
import { caddy } from "./stack.js";

test.skip(spawnSync("caddy", ["version"]).status !== 0, "Caddy is not installed");

declareProxyTests(caddy);
