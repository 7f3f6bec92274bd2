import path from 'node:path';
import type { Configuration, RuleSetRule } from 'webpack';
import CopyWebpackPlugin from 'copy-webpack-plugin';
import grafanaConfig, { type Env } from './.config/webpack/webpack.config.ts';

const jsxRuntimes = ['react/jsx-runtime', 'react/jsx-dev-runtime'];

/**
 * The scaffold's configuration, with the images of the nested panels and the dashboards, which it does not copy, and with a JSX runtime
 * that runs on every Grafana from 11.6 on.
 */
export default async (env: Env): Promise<Configuration> => {
  const config = await grafanaConfig(env);
  config.plugins?.push(
    new CopyWebpackPlugin({
      patterns: [
        { from: 'panels/**/img/*', to: '.', noErrorOnMissing: true },
        // The dashboards come with the app, for who has no provisioning.
        { from: path.join(import.meta.dirname, '../dashboards/json'), to: 'dashboards' },
      ],
    }),
  );
  config.externals = (config.externals as unknown[]).filter(
    (external) => !jsxRuntimes.includes(external as string),
  ) as Configuration['externals'];
  const { cache } = config;
  if (typeof cache === 'object' && cache.type === 'filesystem')
    cache.buildDependencies = { config: [import.meta.filename] };
  const shim = path.join(import.meta.dirname, 'src/jsx-runtime.ts');
  config.resolve = {
    ...config.resolve,
    alias: Object.fromEntries(jsxRuntimes.map((name) => [`${name}$`, shim])),
  };
  for (const rule of config.module?.rules as RuleSetRule[]) {
    const use = rule.use as { loader?: string; options?: { jsc?: { transform?: unknown } } } | undefined;
    if (use?.loader === 'swc-loader' && use.options?.jsc)
      use.options.jsc.transform = { react: { runtime: 'automatic' } };
  }
  return config;
};
