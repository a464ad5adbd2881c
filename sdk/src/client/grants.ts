import { type CallOptions, ownDeadline } from '../call/call.js';
import type { Request } from '../call/requests.js';
import { PorticoError } from '../errors/portico-error.js';
import { REQUEST } from '../wire/frames.js';
import { machineOf } from './connection.js';
import type { SessionControl } from './types.js';

/** Any connection that may use these capabilities. */
interface Asking<C extends string> {
  readonly session: SessionControl<C>;
}

/**
 * Asks for capabilities beside those that the connection began with, and waits for the answer: the host's
 * rules decide, or the person. What is granted stands in `session.info.granted` when it resolves, and
 * `has` gives its client; later sessions of this connection ask for it with their greeting. Not for what
 * `connect` can ask for: name it in `wants`.
 *
 * The deadline is `limits.pending` unless the caller says otherwise, waiting for a session included: a person is slow. Aborting stops the
 * waiting, not the question.
 * @throws {PorticoError} INVALID_ARGUMENT, CONSENT_DENIED (`data.retryAfter`), CONSENT_PENDING (the person is being asked already),
 * CAPABILITY_REFUSED, UNKNOWN_MEMBER, LIMIT_EXCEEDED, DEADLINE_EXCEEDED, ABORTED, DISCONNECTED, and as `session.ready()`
 */
export const requestGrants = <C extends string>(
  connection: Asking<C>,
  capabilities: readonly C[],
  options: CallOptions = {},
): Promise<void> =>
  send(connection.session, { ask: capabilities, drop: [] }, options).then(() => {
    const { hello } = machineOf(connection.session);
    const known = [...hello.needs, ...hello.wants];
    hello.wants.push(...capabilities.filter((each) => !known.includes(each)));
  });

/**
 * Gives capabilities back: the host forgets what the person allowed, and later sessions don't ask for them.
 * Calls of theirs that are under way end with GRANT_REVOKED. What a rule of the host allows by itself can
 * be had again by asking.
 * @throws {PorticoError} INVALID_ARGUMENT, DEADLINE_EXCEEDED, ABORTED, DISCONNECTED, and as `session.ready()`
 */
export const returnGrants = async <C extends string>(
  connection: Asking<C>,
  capabilities: readonly C[],
  options: CallOptions = {},
): Promise<void> => {
  const { hello } = machineOf(connection.session);
  // Before anything is forgotten.
  ownDeadline(options);
  for (const list of [hello.needs, hello.wants])
    list.splice(
      0,
      list.length,
      ...list.filter((each) => !(capabilities as readonly string[]).includes(each)),
    );
  return send(connection.session, { ask: [], drop: capabilities }, options);
};

const send = async (
  control: SessionControl,
  body: { readonly ask: readonly string[]; readonly drop: readonly string[] },
  options: CallOptions,
): Promise<void> => {
  const { requests } = machineOf(control);
  const deadline = ownDeadline(options);
  return new Promise((resolve, reject) => {
    const { limits } = requests;
    const request: Request = {
      path: 'grants',
      newer: undefined,
      // With a hello it would be held as a call is.
      late: true,
      id: 0,
      expires: requests.now() + (deadline || limits.pending),
      send: (writer) => writer.push([REQUEST, request.id, body]),
      end: (error) =>
        !error
          ? resolve()
          : reject(
              error.code === 'DECLARED'
                ? new PorticoError('INVALID_RESULT', 'no answer to a request')
                : error,
            ),
    };
    requests.add(request, options.signal);
  });
};
