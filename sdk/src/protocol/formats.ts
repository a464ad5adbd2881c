/**
 * The formats that a string can have, as regular expressions: part of the definition, since clients carry
 * plans, which hold the expressions that they use. Each takes linear time, and needs no flag but `u`.
 */

const DATE =
  '(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))' +
  '|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)';
// A leap second is one at midnight in Greenwich; what that is elsewhere takes arithmetic.
const TIME =
  '(?:(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)' +
  '|23:59:60(?:\\.\\d+)?(?:[Zz]|[+-]00:00))';

const CLOCK = 'T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)';
const DURATION = `P(?:(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)(?:${CLOCK})?|${CLOCK}|\\d+W)`;

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const HOST = `${LABEL}(?:\\.${LABEL})*`;
const ATOM = "[A-Za-z0-9!#$%&'*+\\/=?^_`{|}~-]+";

const BYTE = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = `${BYTE}(?:\\.${BYTE}){3}`;
const HEX = '[0-9A-Fa-f]';
const GROUP = `${HEX}{1,4}`;
/** Eight groups, of which `::` stands for one or more zeros; the last two may be an IPv4 address. */
const IPV6 = (() => {
  const last = `(?:${GROUP}:${GROUP}|${IPV4})`;
  const before = (most: number): string => `(?:(?:${GROUP}:){0,${most}}${GROUP})?`;
  const forms = [
    `(?:${GROUP}:){6}${last}`,
    ...[5, 4, 3, 2, 1, 0].map((after) =>
      after === 5
        ? `::(?:${GROUP}:){5}${last}`
        : `${before(4 - after)}::${after ? `(?:${GROUP}:){${after}}` : ''}${last}`,
    ),
    `${before(5)}::${GROUP}`,
    `${before(6)}::`,
  ];
  return `(?:${forms.join('|')})`;
})();

const ESCAPED = `%${HEX}{2}`;
const PLAIN = "A-Za-z0-9._~!$&'()*+,;=\\-";
const IN_PATH = `(?:[${PLAIN}:@]|${ESCAPED})`;
const PATH = `(?:[${PLAIN}:@\\/]|${ESCAPED})*`;
const AFTER = `(?:[${PLAIN}:@\\/?]|${ESCAPED})*`;
const AUTHORITY =
  `\\/\\/(?:(?:[${PLAIN}:]|${ESCAPED})*@)?` +
  `(?:\\[${IPV6}\\]|(?:[${PLAIN}]|${ESCAPED})*)(?::\\d*)?(?:\\/${PATH})?`;
const SCHEME = '[A-Za-z][A-Za-z0-9+.-]*:';
const TAIL = `(?:\\?${AFTER})?(?:#${AFTER})?`;
// A path that began with two slashes would be an authority.
const URI = `${SCHEME}(?:${AUTHORITY}|(?:\\/?${IN_PATH}${PATH}|\\/)?)${TAIL}`;
// Without a scheme, what precedes the first slash must not look like one.
const RELATIVE = `(?:${AUTHORITY}|(?:\\/(?:${IN_PATH}${PATH})?|(?:[${PLAIN}@]|${ESCAPED})+(?:\\/${PATH})?)?)${TAIL}`;

const whole = (expression: string): string => `^(?:${expression})$`;

/** Regular expressions by the name of the format. */
export const FORMATS: Readonly<Record<string, string>> = {
  date: whole(DATE),
  time: whole(TIME),
  'date-time': whole(`${DATE}[Tt]${TIME}`),
  duration: whole(DURATION),
  email: `^(?=[^@]{1,64}@[^@]{1,253}$)${ATOM}(?:\\.${ATOM})*@${HOST}$`,
  hostname: `^(?=.{1,253}$)${HOST}$`,
  ipv4: `^${IPV4}$`,
  ipv6: `^${IPV6}$`,
  uri: whole(URI),
  'uri-reference': whole(`${URI}|${RELATIVE}`),
  uuid: `^${HEX}{8}-(?:${HEX}{4}-){3}${HEX}{12}$`,
  'json-pointer': '^(?:\\/(?:[^~\\/]|~[01])*)*$',
};
