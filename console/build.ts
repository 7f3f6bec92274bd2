/**
 * Builds the console into dist/, with the icons that @grafana/ui fetches by URL. `--packages FOLDER` builds it into
 * that folder's dist/ instead, on the packages that the folder's package.json names: another Grafana, another React.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import TerserPlugin from 'terser-webpack-plugin';
import webpack from 'webpack';

const here = import.meta.dirname;
const { values } = parseArgs({ options: { packages: { type: 'string' } } });
const home = values.packages === undefined ? here : path.resolve(values.packages);
const dist = path.join(home, 'dist');
const [require, requireAtHome] = [createRequire(import.meta.url), createRequire(path.join(home, 'build.ts'))];
const packageFolder = (name: string): string => {
  // Not through its exports: not every package shows its own package.json.
  const folders = (requireAtHome.resolve.paths(name) ?? []).map((folder) => path.join(folder, name));
  const found = folders.find((folder) => existsSync(path.join(folder, 'package.json')));
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
};
const readPackage = (folder: string) =>
  JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    version: string;
    devDependencies?: Record<string, string>;
  };
/** Looked for from the folder, whoever imports them: one copy of each for the whole bundle, above all one React. */
const chosenPackages = home === here ? [] : Object.keys(readPackage(home).devDependencies ?? {});
const fromHome = new webpack.NormalModuleReplacementPlugin(
  new RegExp(`^(${chosenPackages.join('|')})(/|$)`),
  (request: { context: string }) => {
    request.context = home;
  },
);

const compiler = webpack({
  mode: 'production',
  context: here,
  entry: './src/main.ts',
  output: {
    path: dist,
    filename: 'main.js',
    chunkFilename: '[name].[contenthash].js',
    publicPath: '/console/',
    clean: true,
  },
  resolve: {
    extensions: ['.ts', '.tsx', '.js', '.mjs'],
    // The published package keeps this setter from its public face; a host needs it, a plugin must not.
    alias: {
      'grafana-runtime/plugin-page$': path.join(
        packageFolder('@grafana/runtime'),
        'dist/esm/components/PluginPage.mjs',
      ),
    },
  },
  plugins: [
    new webpack.DefinePlugin({
      grafanaVersion: JSON.stringify(readPackage(packageFolder('@grafana/runtime')).version),
    }),
    ...(chosenPackages.length === 0 ? [] : [fromHome]),
  ],
  cache: {
    type: 'filesystem',
    cacheDirectory: path.join(here, '../node_modules/.cache', path.basename(home)),
    buildDependencies: { config: [import.meta.filename] },
  },
  optimization: { minimizer: [new TerserPlugin({ minify: TerserPlugin.swcMinify })] },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        exclude: /node_modules/,
        use: {
          loader: 'swc-loader',
          options: {
            jsc: {
              target: 'es2022',
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'automatic' } },
            },
          },
        },
      },
      { test: /\.m?js$/, resolve: { fullySpecified: false } },
      { test: /\.css$/, use: ['style-loader', 'css-loader'] },
      { test: /\.(woff2?|svg|png)$/, type: 'asset/resource' },
    ],
  },
  performance: { hints: false },
});

compiler.run((error, stats) => {
  if (error ?? stats?.hasErrors()) {
    console.error(error ?? stats?.toString({ preset: 'errors-only', colors: process.stderr.isTTY }));
    process.exitCode = 1;
  } else {
    cpSync(path.join(here, 'src/index.html'), path.join(dist, 'index.html'));
    copyIcons();
    copyFonts();
  }
  compiler.close(() => undefined);
});

/** @grafana/ui ships two thirds of the icons that it names; the rest are Unicons, from which its own set was made. */
function copyIcons(): void {
  const shipped = path.join(packageFolder('@grafana/ui'), 'dist/public/img/icons');
  const icons = path.join(dist, 'build/img/icons');
  cpSync(shipped, icons, { recursive: true });
  const unicons = JSON.parse(readFileSync(require.resolve('@iconify-json/uil/icons.json'), 'utf8')) as {
    icons: Record<string, { body: string }>;
  };
  const folder = path.join(icons, 'unicons');
  mkdirSync(folder, { recursive: true });
  for (const [name, { body }] of Object.entries(unicons.icons)) {
    const file = path.join(folder, `${name}.svg`);
    if (!existsSync(file))
      writeFileSync(file, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${body}</svg>`);
  }
}

/** Under the names that Grafana's styles ask for. */
function copyFonts(): void {
  const fonts = path.join(dist, 'fonts');
  const inter = path.join(packageFolder('inter-ui'), 'web');
  for (const name of ['Regular', 'Medium', 'Italic', 'MediumItalic']) {
    cpSync(path.join(inter, `Inter-${name}.woff2`), path.join(fonts, `inter/Inter-${name}.woff2`));
  }
  const mono = path.join(
    packageFolder('@fontsource/roboto-mono'),
    'files/roboto-mono-latin-400-normal.woff2',
  );
  cpSync(
    mono,
    path.join(fonts, 'roboto/L0xTDF4xlVMF-BfR8bXMIhJHg45mwgGEFl0_3vrtSM1J-gEPT5Ese6hmHSh0mQ.woff2'),
  );
}
