/** Builds the console into dist/, with the icons that @grafana/ui fetches by URL. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import TerserPlugin from 'terser-webpack-plugin';
import webpack from 'webpack';

const here = import.meta.dirname;
const dist = path.join(here, 'dist');
const require = createRequire(import.meta.url);
const packageFolder = (name: string): string => path.dirname(require.resolve(`${name}/package.json`));

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
  cache: { type: 'filesystem', cacheDirectory: path.join(here, '../node_modules/.cache/console') },
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
    compress(dist);
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

/** Compressed once here instead of for every visitor; the server sends what the browser takes. */
function compress(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(js|css|html|json)$/.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    const text = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 10 };
    writeFileSync(`${file}.br`, brotliCompressSync(text, { params }));
  }
}
