import type { Own } from '../../platform/platform.js';
import type { Plan } from '../../protocol/plan.js';
import { keyOf } from '../admission/principal.js';
import type { ProvenKey } from '../admission/question.js';
import { cleanName } from './clean-name.js';
import type { GrantPrompt } from './open-prompt.js';
import type { Choice } from './questions.js';
import {
  CHOICES,
  COUNT,
  compact,
  FORMAT,
  isStorable,
  KEY,
  PRINCIPAL,
  principalOf,
  type StoredPrincipal,
  SUBJECT,
  storePrincipal,
  TIME,
  text,
} from './stored-shapes.js';
import type { Asker, Subject } from './types.js';

/** An open prompt, as it outlives the background. */
export interface StoredPrompt {
  readonly id: string;
  readonly principal: StoredPrincipal;
  readonly name?: string;
  readonly key?: ProvenKey;
  readonly keyChanged: boolean;
  readonly capabilities: readonly {
    readonly subject: Subject;
    readonly needed: boolean;
    readonly choices?: readonly Choice[];
  }[];
  readonly expires: number;
  readonly window: number;
}

export interface StoredPrompts {
  readonly format: 1;
  readonly prompts: readonly StoredPrompt[];
  /** Windows of questions about one call: these end with the background. */
  readonly confirms: readonly number[];
}

/** Far more than there are windows. */
const MOST = 1024;

export const PROMPTS: Plan = [
  'o',
  [
    FORMAT,
    [
      'prompts',
      [
        'a',
        [
          'o',
          [
            ['id', ['s', { pattern: '^[0-9a-z-]{1,64}$' }], 1],
            ['principal', PRINCIPAL, 1],
            ['name', text(128), 0],
            ['key', KEY, 0],
            ['keyChanged', 'b', 1],
            [
              'capabilities',
              [
                'a',
                [
                  'o',
                  [
                    ['subject', SUBJECT, 1],
                    ['needed', 'b', 1],
                    ['choices', CHOICES, 0],
                  ],
                ],
                { minItems: 1, maxItems: 256 },
              ],
              1,
            ],
            ['expires', TIME, 1],
            ['window', COUNT, 1],
          ],
        ],
        { maxItems: MOST },
      ],
      1,
    ],
    ['confirms', ['a', COUNT, { maxItems: MOST }], 1],
  ],
];

/** What is stored of a prompt; nothing before it has a window. */
export const storePrompt = (prompt: GrantPrompt): readonly StoredPrompt[] => {
  const { asker, protocol, line, shown } = prompt;
  if (shown?.window === undefined || !isStorable(asker.principal)) return [];
  const capabilities = [...prompt.capabilities.values()].map(({ name, needed, choices }) =>
    compact<StoredPrompt['capabilities'][number]>({
      subject: { protocol, line, capability: name },
      needed,
      choices,
    }),
  );
  return [
    compact<StoredPrompt>({
      id: prompt.id,
      principal: storePrincipal(asker.principal),
      name: cleanName(asker.name),
      key: asker.key && { thumbprint: asker.key.thumbprint, algorithm: asker.key.algorithm },
      keyChanged: asker.keyChanged,
      capabilities,
      expires: prompt.expires,
      window: shown.window,
    }),
  ];
};

/** Who asked, by what is stored. */
export const askerOf = (
  { principal: stored, name, key, keyChanged }: StoredPrompt,
  own: Pick<Own, 'browser'>,
): Asker | undefined => {
  const principal = principalOf(stored, own);
  return principal && { principal, name, key, keyChanged };
};

/** Whether the prompts that are stored go together: one for each principal, each about one major. */
export const isConsistent = ({ prompts }: StoredPrompts, own: Pick<Own, 'browser'>): boolean => {
  const askers = prompts.map((prompt) => askerOf(prompt, own));
  if (!askers.every((asker) => asker !== undefined)) return false;
  const keys = new Set(askers.map(({ principal }) => keyOf(principal)));
  const ids = new Set(prompts.map(({ id }) => id));
  const isOne = ({ capabilities }: StoredPrompt): boolean =>
    new Set(capabilities.map(({ subject: { protocol, line } }) => `${protocol} ${line}`)).size === 1 &&
    new Set(capabilities.map(({ subject }) => subject.capability)).size === capabilities.length;
  return keys.size === prompts.length && ids.size === prompts.length && prompts.every(isOne);
};
