/** A mistake put into the SDK: the fuzz has to find it. */
export interface PlantedMistake {
  readonly name: string;
  /** Below `sdk/src/`. */
  readonly file: string;
  /** Stands in the file once. */
  readonly from: string;
  readonly to: string;
  /** Where only structured clones show it. */
  readonly profile?: 'firefox';
}

const SERVING = 'host/serving/serve-session.ts';
const CALLEE = 'call/callee.ts';
const EVENTS = 'call/event-source.ts';
const SESSION = 'session/host-session.ts';

export const PLANTED: readonly PlantedMistake[] = [
  {
    name: 'grants are not checked',
    file: SERVING,
    from: 'return this.granted.has(member.capability)',
    to: 'return this.granted',
  },
  {
    name: 'an id may be used twice',
    file: SERVING,
    from: 'if (first <= this.highest) return false;',
    to: '',
  },
  {
    name: 'a property __proto__ is accepted',
    file: 'protocol/kinds/any.ts',
    from: "if (key === '__proto__') return conversion.fail('no property of the name __proto__');",
    to: '',
  },
  {
    name: 'a second hello is skipped',
    file: SESSION,
    from: 'const broken = (handler as SessionHandler).frame(frame, reading);',
    to: 'if (kind === HELLO) continue; const broken = (handler as SessionHandler).frame(frame, reading);',
  },
  {
    name: 'frames in front of the hello are taken',
    file: SESSION,
    from: "else if (state === 'waiting') greet(frames);",
    to: "else if (state === 'waiting') greet(frames.toSorted((a, b) => a[0] - b[0]));",
  },
  {
    name: 'what was held before the welcome is read in the wrong order',
    file: 'session/early-frames.ts',
    from: 'const { messages } = this;',
    to: 'const messages = this.messages.toReversed();',
  },
  {
    name: 'calls in flight are not bounded',
    file: CALLEE,
    from: '(this.calls?.size ?? 0) >= limits.calls',
    to: 'limits.calls < 0',
  },
  {
    name: 'handlers of cancelled calls are not bounded',
    file: 'accounting/bounds.ts',
    from: "['calls', 2 * limits.calls]",
    to: "['calls', Number.POSITIVE_INFINITY]",
  },
  {
    name: 'a capability that is needed and not granted does not matter',
    file: 'host/serving/answer-hello.ts',
    from: 'if (missing.length > 0)',
    to: 'if (missing.length < 0)',
  },
  {
    name: 'depth is not bounded',
    file: 'protocol/conversion.ts',
    from: "if (++conversion.depth > conversion.limits.depth) return conversion.exceeds('depth');",
    to: '++conversion.depth;',
  },
  {
    name: 'the size of a value is not bounded',
    file: 'protocol/conversion.ts',
    from: 'if (this.size <= this.maxSize) return value;',
    to: 'if (this.size >= 0) return value;',
  },
  {
    name: 'items of a message are not bounded',
    file: 'wire/read-batch.ts',
    from: 'items > 6 * limits.messageItems',
    to: 'items < 0',
  },
  {
    name: 'messages are held without end before the welcome',
    file: 'session/early-frames.ts',
    from: 'this.messages.push(message.frames) > this.limits.earlyMessages',
    to: 'this.messages.push(message.frames) < 0',
  },
  {
    name: 'subscriptions are not bounded',
    file: 'accounting/bounds.ts',
    from: "['subscriptions', limits.subscriptions]",
    to: "['subscriptions', Number.POSITIVE_INFINITY]",
  },
  {
    name: 'credit is kept without bound',
    file: EVENTS,
    from: 'this.left = Math.min(this.left + amount, this.limits.eventQueue);',
    to: 'this.left += amount;',
  },
  {
    name: 'results with a gap between their ids are folded',
    file: 'wire/batch-writer.ts',
    from: 'if (frame[i] !== expected) return false;',
    to: 'if (i === number ? (frame[i] as number) < (expected as number) : frame[i] !== expected) return false;',
  },
  {
    name: 'undeclared parameters are dropped in silence',
    file: 'call/member-codecs.ts',
    from: "{ strict: true, plain: true, bytes: 'read' }",
    to: "{ strict: false, plain: true, bytes: 'read' }",
  },
  {
    name: 'a Map is taken for an object',
    file: 'protocol/kinds/object.ts',
    from: '(plain && !isPlain(value))',
    to: '(plain && value === undefined)',
    profile: 'firefox',
  },
  { name: 'deadlines are ignored', file: CALLEE, from: 'alarm.at(call.expires);', to: '' },
  {
    name: "a cancel ends another session's call",
    file: CALLEE,
    from: 'this.calls ??= new Map();',
    to: 'const shared = globalThis as { calls?: Map<number, Running> };\n    this.calls = shared.calls ??= new Map<number, Running>();',
  },
  {
    name: 'a cancelled call is answered',
    file: CALLEE,
    from: '    if (call) {\n      this.calls?.delete(id);',
    to: '    if (call) {',
  },
  {
    name: 'events that waited come in the wrong order',
    file: EVENTS,
    from: 'of this.waiting ?? []',
    to: 'of [...(this.waiting ?? [])].toReversed()',
  },
  {
    name: 'a superseded event takes a new number',
    file: EVENTS,
    from: 'const number = superseded ?? this.number++;',
    to: 'const number = this.number++;',
  },
  {
    name: 'events go on after an unsubscribe',
    file: SERVING,
    from: 'if (known) this.leave(known.subscriber);',
    to: '',
  },
  {
    name: 'gated properties are sent to everybody',
    file: 'host/serving/publication.ts',
    from: 'const key = [nativeBytes, ...open].join();',
    to: 'const key = `' + '$' + '{form.nativeBytes}`;',
  },
  {
    name: 'handlers of a session that is over are not told',
    file: CALLEE,
    from: 'for (const call of calls) call.abort(reason);',
    to: '',
  },
  {
    name: 'a refusal tells what was asked for',
    file: 'host/doorkeeper.ts',
    from: '    refusePort(port, answer);',
    to: '    refusePort(port, { ...answer, message: port.name });',
  },
  {
    name: 'a wire version may be any integer',
    file: 'wire/handshake.ts',
    from: 'isList(wire, 16, isId)',
    to: 'isList(wire, 16, (each) => Number.isInteger(each) && (each as number) >= 0)',
  },
  {
    name: 'sessions are kept when they are over',
    file: 'host/doorkeeper.ts',
    from: 'if (at >= 0) guests.splice(at, 1);',
    to: '',
  },
  {
    name: 'sessions of a principal are only counted up',
    file: SESSION,
    from: 'account.close();',
    to: '',
  },
  {
    name: 'a goodbye does not end the session',
    file: SESSION,
    from: "    state = 'leaving';\n    handler?.ended(farewell);",
    to: "    state = 'leaving';",
  },
];
