/** Builds the plugin into dist/. Node strips the types of the scaffold's configuration, so no webpack-cli is needed. */
import webpack from 'webpack';
import type { Env } from './.config/webpack/webpack.config.ts';
import grafanaPlugin from './webpack.config.ts';

process.chdir(import.meta.dirname);
const mode: Env = process.argv.includes('--development') ? { development: true } : { production: true };
const compiler = webpack(await grafanaPlugin(mode));
compiler.run((error, stats) => {
  if (error ?? stats?.hasErrors()) {
    console.error(error ?? stats?.toString({ preset: 'errors-only', colors: process.stderr.isTTY }));
    process.exitCode = 1;
  }
  compiler.close(() => undefined);
});
