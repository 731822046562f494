// Caddy with examples/caddy/Caddyfile, where a distribution has one.

import { spawnSync } from "node:child_process";
import { test } from "@playwright/test";
import { holdsTheRules } from "./rules.js";
import { caddy } from "./stack.js";

test.skip(spawnSync("caddy", ["version"]).status !== 0, "Caddy is not installed");

holdsTheRules(caddy);
