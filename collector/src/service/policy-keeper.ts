import { Value } from 'typebox/value';
import { ApiProblem } from '../api/problem.ts';
import type { PolicyService } from '../api/services.ts';
import { withDefaults } from '../fleet/default-policy.ts';
import { Policy } from '../fleet/policy.ts';
import { JournalError } from '../journal/journal-error.ts';
import type { PolicyStore } from '../journal/policy-store.ts';

/**
 * The policy in force: what was set last, whether in the configuration file or through the API. The journal keeps
 * every version and who set it.
 */
export class PolicyKeeper implements PolicyService {
  readonly #store: PolicyStore;
  readonly #now: () => number;
  readonly #onChange: (policy: Policy) => void;
  #policy: Policy;
  #version = 0;

  constructor(store: PolicyStore, fromFile: Policy, now: () => number, onChange: (policy: Policy) => void) {
    this.#store = store;
    this.#policy = fromFile;
    this.#now = now;
    this.#onChange = onChange;
  }

  async load(): Promise<void> {
    const current = await this.#store.current();
    if (!current) return;
    this.#version = current.version;
    // A version from before a field existed gets that field's default.
    this.#policy = Value.Parse(Policy, withDefaults(current.policy));
  }

  get: PolicyService['get'] = () => this.#policy;

  replace: PolicyService['replace'] = async (policy, actor) => {
    try {
      const { version } = await this.#store.add(policy, actor.name, this.#now(), this.#version);
      this.#version = version;
    } catch (cause) {
      if (!(cause instanceof JournalError) || cause.code !== 'conflict') throw cause;
      await this.load();
      throw new ApiProblem('conflict', 'Somebody else set the policy meanwhile; look at theirs first.', {
        cause,
      });
    }
    this.#policy = policy;
    this.#onChange(policy);
    return policy;
  };

  /** The file was edited: the latest word counts. */
  async fromFile(policy: Policy): Promise<void> {
    const actor = { name: 'configuration file', role: 'admin', via: 'file', address: '' } as const;
    await this.replace(policy, actor);
  }
}
