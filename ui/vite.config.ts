import { fileURLToPath } from 'node:url';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { reportBudget } from './scripts/budget.mjs';

const testing = process.env['VITEST'] !== undefined;
const words: Parameters<typeof paraglideVitePlugin>[0] = {
  project: './project.inlang',
  outdir: './src/lib/paraglide',
  strategy: ['globalVariable', 'baseLocale'],
  emitReadme: false,
};
const hosts = ['tauri', 'http', 'fake'] as const;

/** `--mode tauri|http|fake` chooses the host; any other mode, Vite's own included, builds for the desktop window. */
function hostOf(mode: string): (typeof hosts)[number] {
  return hosts.find((host) => host === mode) ?? (testing ? 'fake' : 'tauri');
}

/** Weighs what was written; a bundle over its budget (ui.md, figures to reach) fails the build. */
function budget(folder: string): Plugin {
  return {
    name: 'budget',
    apply: 'build',
    closeBundle() {
      const over = reportBudget(folder);
      if (over > 0) throw new Error(`${over} bundle(s) over budget`);
    },
  };
}

export default defineConfig(({ mode }) => {
  const host = hostOf(mode);
  const outDir = host === 'tauri' ? 'dist' : `dist-${host}`;
  const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  return {
    plugins: [
      // Vitest runs on the words that `npm test` compiled: the plugin's file watcher would keep it from ending.
      testing ? [] : paraglideVitePlugin(words),
      svelte(),
      host === 'fake' ? [] : budget(outDir),
    ],
    resolve: {
      alias: { $platform: at(`./src/lib/platform/${host}.ts`), $lib: at('./src/lib') },
      // Tests mount nothing on a server; without this Svelte would resolve to its server half.
      conditions: testing ? ['browser'] : undefined,
    },
    build: {
      outDir,
      // WebKitGTK 2.40 and WebView2 of 2023: nothing older is installed with the app.
      target: ['safari16.4', 'chrome114'],
      manifest: true,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 200,
    },
    server: { strictPort: false },
    test: { include: ['src/**/*.test.ts'] },
  };
});
