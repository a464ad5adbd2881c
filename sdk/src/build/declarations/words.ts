/** What a capability, a member or a schema says of itself in words, for where the source has no comment. */
export const wordsOf = (of: object): string | undefined => {
  const { title, description, deprecated } = of as Readonly<Record<string, unknown>>;
  const parts = [title, description, deprecated === true ? '@deprecated' : undefined];
  const words = parts.filter((each): each is string => typeof each === 'string' && each !== '');
  return words.length > 0 ? words.join('\n\n') : undefined;
};
