import type { ProfileName } from 'portico/testing';
import { tabs } from '../../support/tabs.js';
import { arrived } from './copies.js';
import type { Plan } from './generate.js';
import { Referee } from './referee.js';

/** A port of the simulated browser, as a hostile extension has it. */
interface Port {
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
  postMessage(message: unknown): void;
  disconnect(): void;
}

export type OpenPort = (name: string) => Port;

/** One port of a hostile client: what it posted, what came back, and what should have. */
export interface Conversation {
  readonly plan: Plan;
  readonly port: Port;
  readonly referee: Referee | undefined;
  readonly posted: unknown[];
  readonly received: unknown[];
  closedByHost: boolean;
  closedByUs: boolean;
}

const PLAIN_GREETING = [
  [0, { wire: [1], versions: ['1.2.0'], needs: [], wants: ['read', 'titles', 'control'] }],
];
const PORT_OF_TABS = `portico:${tabs.name}`;

/** A hostile client at work: it posts what its plan says, and opens a new port when one is closed. */
export class Talk {
  readonly conversations: Conversation[] = [];
  private next = 0;

  constructor(
    readonly plan: Plan,
    private readonly profile: ProfileName,
    private readonly open: OpenPort,
  ) {}

  get isOver(): boolean {
    return this.next >= this.plan.batches.length;
  }

  get current(): Conversation | undefined {
    return this.conversations.at(-1);
  }

  /** Posts the next batches; gives how many were carried. */
  step(): number {
    let carried = 0;
    const { current, plan } = this;
    if (!current || current.closedByHost || current.closedByUs || current.referee?.state === 'left') {
      this.close();
      const greeting = this.conversations.length === 0 ? plan.greeting : PLAIN_GREETING;
      carried += this.post(this.begin(), greeting);
    }
    for (let i = 0; i < plan.pace && !this.isOver; i++)
      carried += this.post(this.current as Conversation, plan.batches[this.next++]);
    return carried;
  }

  close(): void {
    const { current } = this;
    if (!current || current.closedByHost || current.closedByUs) return;
    current.closedByUs = true;
    current.port.disconnect();
  }

  private begin(): Conversation {
    const { plan } = this;
    const port = this.open(plan.port);
    const isHeard = plan.port.startsWith('portico:');
    const isPublished = plan.port === PORT_OF_TABS;
    const referee = isHeard ? new Referee(plan.role, isPublished) : undefined;
    if (plan.role === 'stranger' || (plan.role !== 'slow' && !isPublished)) referee?.refuse();
    const conversation: Conversation = {
      plan,
      port,
      referee,
      posted: [],
      received: [],
      closedByHost: false,
      closedByUs: false,
    };
    port.onMessage.addListener((message) => conversation.received.push(message));
    port.onDisconnect.addListener(() => {
      conversation.closedByHost = true;
    });
    this.conversations.push(conversation);
    return conversation;
  }

  private post({ port, referee, posted }: Conversation, message: unknown): number {
    let copy: unknown;
    try {
      copy = arrived(message, this.profile);
      port.postMessage(message);
    } catch {
      // A BigInt among JSON: no browser carries it.
      return 0;
    }
    posted.push(message);
    referee?.read(copy);
    return 1;
  }
}
