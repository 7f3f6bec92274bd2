import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { admit, type Waiting } from '../../src/act/admission.ts';

const limits = { perHost: 2, perLink: 2, total: 8, perPlan: 50, linkBusy: 0.7 };
const waiting = (id: string, from: string, to: string, order: number, priority = 3): Waiting => ({
  id,
  from,
  to,
  order,
  priority,
});

describe('who may start', () => {
  it('takes the urgent first, then who came first', () => {
    const { start } = admit(
      [waiting('late', 'a', 'b', 2), waiting('urgent', 'a', 'b', 3, 1), waiting('early', 'a', 'b', 1)],
      [],
      limits,
    );
    assert.deepEqual(start, ['urgent', 'early']);
  });

  it('says what the others wait for', () => {
    const { start, waitingFor } = admit(
      [waiting('x', 'a', 'b', 1), waiting('y', 'c', 'd', 2)],
      [
        { from: 'a', to: 'e' },
        { from: 'f', to: 'a' },
      ],
      limits,
    );
    assert.deepEqual(start, ['y']);
    assert.match(waitingFor.get('x')!, /a already has 2 migrations/);
  });

  it('lets nobody overtake on a host that somebody waits for', () => {
    // `first` waits for a; it also claims b, so `second` may not take the last place there for ever.
    const { start } = admit(
      [waiting('first', 'a', 'b', 1), waiting('second', 'c', 'b', 2), waiting('third', 'd', 'b', 3)],
      [
        { from: 'a', to: 'x' },
        { from: 'a', to: 'y' },
      ],
      limits,
    );
    assert.deepEqual(start, ['second']);
  });

  it('never passes a limit, and starts somebody whenever nothing runs', () => {
    const host = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const pair = fc.tuple(host, host).filter(([from, to]) => from !== to);
    fc.assert(
      fc.property(
        fc.array(pair, { maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (pairs, perHost, total) => {
          const bounds = { ...limits, perHost, perLink: perHost, total };
          const queue = pairs.map(([from, to], index) => waiting(String(index), from, to, index));
          const running: { from: string; to: string }[] = [];
          let left = queue;
          // Rounds in which one of those that run ends and others may start: everybody gets a turn.
          for (let round = 0; round < 200 && (left.length > 0 || running.length > 0); round += 1) {
            const { start } = admit(left, running, bounds);
            assert.ok(start.length > 0 || running.length > 0, 'nobody waits for nothing');
            for (const id of start) running.push(queue[Number(id)]!);
            left = left.filter(({ id }) => !start.includes(id));
            assert.ok(running.length <= total);
            for (const name of ['a', 'b', 'c', 'd', 'e'])
              assert.ok(running.filter(({ from, to }) => from === name || to === name).length <= perHost);
            running.shift();
          }
          assert.equal(left.length, 0);
        },
      ),
    );
  });
});
