import { PorticoError } from '../../errors/portico-error.js';
import type { GrantPrompt, OpenPrompt } from './open-prompt.js';

/** How whoever may not ask now is told. */
export const tooMany = (message: string, retryAfter: number): PorticoError =>
  new PorticoError('LIMIT_EXCEEDED', message, { data: { limit: 'prompts', retryAfter } });

/** The questions that are open: each party has one at a time, and all together a few. */
export class OpenPrompts {
  private readonly byId = new Map<string, OpenPrompt>();
  private readonly byParty = new Map<string, OpenPrompt>();

  constructor(
    private readonly most: number,
    /** Milliseconds until it ends by itself. */
    private readonly expiresIn: (prompt: OpenPrompt) => number,
  ) {}

  get all(): OpenPrompt[] {
    return [...this.byId.values()];
  }

  find(id: string): OpenPrompt | undefined {
    return this.byId.get(id);
  }

  of(party: string): OpenPrompt | undefined {
    return this.byParty.get(party);
  }

  add(prompt: OpenPrompt): void {
    this.byId.set(prompt.id, prompt);
    this.byParty.set(prompt.party, prompt);
  }

  /** Whether it was there. */
  delete(prompt: OpenPrompt): boolean {
    if (!this.byId.delete(prompt.id)) return false;
    this.byParty.delete(prompt.party);
    return true;
  }

  /** @throws {PorticoError} CONSENT_PENDING where the party has one */
  checkFree(party: string): void {
    if (this.byParty.has(party))
      throw new PorticoError('CONSENT_PENDING', 'the person is being asked already');
  }

  /**
   * What has to go for one more to come, if anything: one that nobody waits for any more.
   * @throws {PorticoError} LIMIT_EXCEEDED where there is no room
   */
  inTheWay(): GrantPrompt | undefined {
    if (this.byId.size < this.most) return undefined;
    for (const prompt of this.byId.values())
      if (prompt.kind === 'grant' && prompt.waiting.size === 0) return prompt;
    throw tooMany('too many questions are open', Math.max(1000, Math.min(...this.all.map(this.expiresIn))));
  }
}
