import { openJournal } from '../journal/journal.ts';
import { exitCodes, UsageError, type Command } from './command.ts';
import { readOptions, readPositionals } from './options.ts';

const usage = `evenkeel journal backup FILE --journal ADDRESS
evenkeel journal verify --journal ADDRESS

  backup   write a complete copy of the journal to FILE (SQLite), while the collector runs
  verify   open the journal, check it, and walk the audit log's chain of hashes

  --journal ADDRESS  a file, or mysql://user:password@host/database; default: $EVENKEEL_JOURNAL
  --json             machine-readable`;

export const journalCommand: Command = {
  name: 'journal',
  summary: 'back up or verify the journal',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, { journal: { type: 'string' } });
    const [action, ...rest] = positionals;
    if (action !== 'backup' && action !== 'verify')
      throw new UsageError('say "evenkeel journal backup FILE" or "evenkeel journal verify"');
    const [file] = action === 'backup' ? readPositionals(rest, ['FILE']) : readPositionals(rest, []);
    const address = values.journal ?? io.env.EVENKEEL_JOURNAL;
    if (address === undefined) throw new UsageError('name the journal with --journal or EVENKEEL_JOURNAL');
    const journal = await openJournal(address, io.now);
    try {
      if (file !== undefined) {
        await journal.backup(file);
        io.stdout.write(
          values.json === true
            ? `${JSON.stringify({ backup: file })}\n`
            : `${journal.name} copied to ${file}\n`,
        );
        return exitCodes.ok;
      }
      const damage = await journal.audit.verify();
      if (values.json === true) io.stdout.write(`${JSON.stringify({ sound: damage === null, damage })}\n`);
      else io.stdout.write(`${journal.name}: ${damage === null ? 'sound' : damage.message}\n`);
      return damage === null ? exitCodes.ok : exitCodes.failed;
    } finally {
      await journal.close();
    }
  },
};
