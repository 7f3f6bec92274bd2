import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ScramSha256 } from '../../src/client/scram-sha-256.ts';

// The example of RFC 7677, section 3.
const nonce = 'rOprNGfwEbeRWgbNEkqO';
const serverFirst = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const serverFinal = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

describe('SCRAM-SHA-256', () => {
  test('the example of RFC 7677', async () => {
    const scram = new ScramSha256('user', 'pencil', nonce);
    assert.equal(scram.first(), `n,,n=user,r=${nonce}`);
    assert.equal(
      await scram.final(serverFirst),
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    );
    scram.verify(serverFinal);
  });

  test('commas and equal signs of a user name are written so that they stay one', () => {
    assert.equal(new ScramSha256('a,b=c', 'x', 'n').first(), 'n,,n=a=2Cb=3Dc,r=n');
  });

  test('a host that does not know the password is found out', async () => {
    const scram = new ScramSha256('user', 'pencil', nonce);
    await scram.final(serverFirst);
    for (const word of ['v=AAAA', 'v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=', '', 'nonsense']) {
      assert.throws(() => {
        scram.verify(word);
      }, /could not prove that it knows the password/);
    }
    assert.throws(() => {
      scram.verify('e=invalid-proof');
    }, /the host says invalid-proof/);
    assert.throws(() => {
      new ScramSha256('user', 'pencil', nonce).verify(serverFinal);
    }, /could not prove/);
  });

  for (const [what, challenge, words] of [
    ['another nonce', serverFirst.replace('rOpr', 'xOpr'), /another nonce/],
    ['our nonce unchanged', `r=${nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`, /another nonce/],
    [
      'too little work',
      serverFirst.replace('4096', '100'),
      /asks for 100 iterations, accepted are 4096 to 1000000/,
    ],
    ['too much work', serverFirst.replace('4096', '99999999'), /asks for 99999999 iterations/],
    ['nonsense', 'hello', /malformed challenge/],
  ] as const) {
    test(`a challenge with ${what} is refused`, async () => {
      await assert.rejects(new ScramSha256('user', 'pencil', nonce).final(challenge), words);
    });
  }
});
