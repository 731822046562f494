// The app and its backend share an origin: /api goes to the backend, so the backend needs no CORS.

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = {
  host: "127.0.0.1",
  port: Number(process.env.PORT ?? 5173),
  strictPort: true,
  proxy: { "/api": process.env.TASKS_URL ?? "http://127.0.0.1:8000" },
};

export default defineConfig({ plugins: [react()], server, preview: server });
