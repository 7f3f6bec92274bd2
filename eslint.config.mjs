import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      'var/',
      'coverage/',
      // Scaffolded by Grafana's tools, kept as they make it; and generated.
      'grafana-plugin/.config/',
      '**/*.gen.ts',
      '**/*.mjs',
      '**/*.cjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    rules: {
      // `node:test` returns promises from test(); they are awaited by the runner.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['test', 'describe', 'it', 'suite'], package: 'node:test' },
          ],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // `noUncheckedIndexedAccess` makes every element optional; in numeric kernels the bounds are the loop's own.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['grafana-plugin/**', 'console/**'],
    languageOptions: { parserOptions: { project: './grafana-plugin/tsconfig.json' } },
    plugins: { 'react-hooks': reactHooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      // Event handlers return nothing that React would look at.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  // A host has to offer what Grafana still offers, deprecated or not.
  { files: ['console/**'], rules: { '@typescript-eslint/no-deprecated': 'off' } },
  {
    files: ['scripts/**', 'bench/**', 'collector/src/cli/**', '**/build.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // Pure rooms: the same snapshot, history and policy give the same result, whenever and wherever. dependency-cruiser
    // bars node's own modules from them.
    files: ['collector/src/judge/**', 'collector/src/advise/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'A pure room gets the time handed in.' },
        { object: 'performance', property: 'now', message: 'A pure room gets the time handed in.' },
        { object: 'Math', property: 'random', message: 'A pure room gets a seed handed in.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'A pure room gets the time handed in.',
        },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:crypto',
              importNames: ['randomUUID', 'randomBytes', 'randomInt'],
              message: 'A pure room gets a seed handed in.',
            },
          ],
        },
      ],
    },
  },
);
