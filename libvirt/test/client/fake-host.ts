import { type Duplex, duplexPair } from 'node:stream';
import { authList } from '../../src/calls/auth-list.ts';
import { connectOpen } from '../../src/calls/connect-open.ts';
import { connectSupportsFeature } from '../../src/calls/connect-supports-feature.ts';
import { connectDomainEventCallbackDeregisterAny } from '../../src/calls/connect-domain-event-callback-deregister-any.ts';
import { connectDomainEventCallbackRegisterAny } from '../../src/calls/connect-domain-event-callback-register-any.ts';
import type { OpenOptions } from '../../src/client/open-connection.ts';
import { CallTable, ServerConnection } from '../../src/server.ts';

/** A host that lives in this process, with what every host answers; tests add the rest to `table`. */
export class FakeHost {
  readonly table = new CallTable();
  readonly connections: ServerConnection[] = [];
  /** Event ids registered, over all connections, in order. */
  readonly registered: number[] = [];
  readonly deregistered: number[] = [];
  opened: { name: string | null; flags: number } | undefined;
  /** While true, nobody is let in. */
  down = false;
  features: readonly number[] = [];

  constructor() {
    this.table
      .answer(authList, () => ({ types: [0] }))
      .answer(connectSupportsFeature, ({ feature }) => ({ supported: this.features.includes(feature) }))
      .answer(connectOpen, (args) => {
        this.opened = args;
      })
      .answer(connectDomainEventCallbackRegisterAny, ({ eventID }) => {
        this.registered.push(eventID);
        return { callbackID: eventID + 100 };
      })
      .answer(connectDomainEventCallbackDeregisterAny, ({ callbackID }) => {
        this.deregistered.push(callbackID);
      });
  }

  get transport(): NonNullable<OpenOptions['transport']> {
    return (): Promise<Duplex> => {
      if (this.down) return Promise.reject(new Error('the host is down'));
      const [near, far] = duplexPair();
      this.connections.push(new ServerConnection(far, this.table));
      // A pair, unlike a socket, does not pass on the end of its other half.
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
      return Promise.resolve(near);
    };
  }
}
