/** The points of Ed25519 (RFC 8032) whose order divides 8, worked out from the curve's definition. */
const P = (1n << 255n) - 19n;
const L = (1n << 252n) + 27742317777372353535851937790883648493n;

type Point = readonly [x: bigint, y: bigint];

const mod = (value: bigint): bigint => ((value % P) + P) % P;
const power = (base: bigint, exponent: bigint): bigint => {
  let [result, factor, rest] = [1n, mod(base), exponent];
  for (; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * factor);
    factor = mod(factor * factor);
  }
  return result;
};
const inverse = (value: bigint): bigint => power(value, P - 2n);
const D = mod(-121665n * inverse(121666n));

const add = ([x1, y1]: Point, [x2, y2]: Point): Point => {
  const t = mod(D * mod(x1 * x2) * mod(y1 * y2));
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + t)), mod((y1 * y2 + x1 * x2) * inverse(mod(1n - t)))];
};
const multiply = (factor: bigint, point: Point): Point => {
  let [result, summand, rest]: [Point, Point, bigint] = [[0n, 1n], point, factor];
  for (; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, summand);
    summand = add(summand, summand);
  }
  return result;
};

const pointAt = (y: bigint): Point | undefined => {
  const square = mod((y * y - 1n) * inverse(mod(D * y * y + 1n)));
  for (const root of [1n, power(2n, (P - 1n) / 4n)]) {
    const x = mod(power(square, (P + 3n) / 8n) * root);
    if (mod(x * x) === square) return [x, y];
  }
  return undefined;
};

const encode = (y: bigint, sign: number): Uint8Array<ArrayBuffer> => {
  const bytes = Uint8Array.from({ length: 32 }, (_, index) => Number((y >> BigInt(8 * index)) & 255n));
  bytes[31] = (bytes[31] as number) | (sign << 7);
  return bytes;
};

/** Every spelling of them: with either sign, and with what is not reduced by the prime. */
export const smallOrderKeys = (): readonly Uint8Array<ArrayBuffer>[] => {
  const ys = new Set<bigint>();
  for (let y = 2n; ys.size < 5; y++) {
    const point = pointAt(y);
    if (!point) continue;
    const step = multiply(L, point);
    let small: Point = [0n, 1n];
    for (let i = 0; i < 8; i++, small = add(small, step)) ys.add(small[1]);
  }
  const spellings = [...ys].flatMap((y) => (y + P < 1n << 255n ? [y, y + P] : [y]));
  return spellings.flatMap((y) => [encode(y, 0), encode(y, 1)]);
};
