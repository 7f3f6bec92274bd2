export type ConfigProblem = { readonly file: string; readonly line: number; readonly message: string };

/** Everything that is wrong with the configuration, each with its file, its line and what would be right. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
