import type { Evidence, Finding, FindingKind, Severity } from '../fleet/finding.ts';
import type { Subject } from '../fleet/subject.ts';

/** A finding as a rule states it: the book adds its id and its times. */
export type Draft = {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly message: string;
  readonly evidence: Evidence[];
  readonly rank: number;
};

export type FindingReport = {
  readonly findings: readonly Finding[];
  readonly began: readonly Finding[];
  readonly changed: readonly Finding[];
  readonly ended: readonly Finding[];
};

/** Evidence that moved less than this is no news. */
const newsworthy = 0.05;

const keyOf = (kind: FindingKind, type: Subject['type'], id: string) => `${kind}:${type}:${id}`;

/** Remembers which findings are open, so that each keeps its id while it lasts and is told once when it ends. */
export class FindingBook {
  #open = new Map<string, Finding>();
  #told = new Map<string, Finding>();
  #next = new Map<string, Finding>();
  #at = 0;

  start(at: number): void {
    this.#at = at;
    this.#next = new Map();
  }

  isOpen(kind: FindingKind, type: Subject['type'], id: string): boolean {
    return this.#open.has(keyOf(kind, type, id));
  }

  /** True now. */
  raise(draft: Draft): void {
    const key = keyOf(draft.kind, draft.subject.type, draft.subject.id);
    const since = this.#open.get(key)?.since ?? this.#at;
    this.#next.set(key, { ...draft, id: `${key}:${since.toString(36)}`, since, at: this.#at });
  }

  /** Nothing is known that would confirm or deny it: it stays as it was last judged. */
  hold(kind: FindingKind, type: Subject['type'], id: string): void {
    const key = keyOf(kind, type, id);
    const open = this.#open.get(key);
    if (open !== undefined) this.#next.set(key, open);
  }

  close(): FindingReport {
    const began: Finding[] = [];
    const changed: Finding[] = [];
    const ended: Finding[] = [];
    for (const [key, finding] of this.#next) {
      const told = this.#told.get(key);
      if (told === undefined) began.push(finding);
      else if (isNews(told, finding)) changed.push(finding);
      else continue;
      this.#told.set(key, finding);
    }
    for (const [key, finding] of this.#open) {
      if (this.#next.has(key)) continue;
      ended.push({ ...finding, until: this.#at });
      this.#told.delete(key);
    }
    this.#open = this.#next;
    const findings = [...this.#open.values()].sort(byUrgency);
    return {
      findings,
      began: began.sort(byUrgency),
      changed: changed.sort(byUrgency),
      ended: ended.sort(byUrgency),
    };
  }
}

const isNews = (told: Finding, now: Finding): boolean =>
  told.severity !== now.severity ||
  told.subject.host !== now.subject.host ||
  told.evidence.length !== now.evidence.length ||
  told.evidence.some((before, i) => {
    const after = now.evidence[i]!;
    const scale = Math.max(1, Math.abs(before.value));
    return before.measure !== after.measure || Math.abs(before.value - after.value) > newsworthy * scale;
  });

const severityOrder = { critical: 0, warning: 1, info: 2 };
const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const byUrgency = (a: Finding, b: Finding): number =>
  severityOrder[a.severity] - severityOrder[b.severity] ||
  text(a.kind, b.kind) ||
  b.rank - a.rank ||
  text(a.id, b.id);
