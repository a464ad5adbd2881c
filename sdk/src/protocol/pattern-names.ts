/** What a pattern that begins with `^` and letters begins with; `''` for any other. */
const beginning = (pattern: string): string => {
  // An alternative may begin otherwise, and what may be repeated may be missing.
  const [, found = ''] = /^\^((?:[\w -](?![*?{]))+)[^|]*$/.exec(pattern) ?? [];
  return found;
};

/**
 * Why the patterns of properties' names would not mean what JSON Schema says, if so: it holds a property to all
 * schemas that claim its name, and here one alone counts. So no name may be claimed twice.
 * @param declared the names of `properties`
 */
export const claimedTwice = (
  patterns: readonly string[],
  declared: readonly string[],
): { readonly pattern: string; readonly message: string } | undefined => {
  for (const [index, pattern] of patterns.entries()) {
    const both = declared.find((key) => new RegExp(pattern, 'u').test(key));
    if (both !== undefined)
      return {
        pattern,
        message: `matches the name of the property "${both}" as well; let it leave that out, or use "additionalProperties"`,
      };
    const own = beginning(pattern);
    const other = patterns.slice(0, index).find((each) => {
      const before = beginning(each);
      return own.startsWith(before) || before.startsWith(own);
    });
    if (other !== undefined)
      return {
        pattern,
        message: `a name may match "${other}" as well; let both begin with ^ and different letters, or use one pattern`,
      };
  }
  return undefined;
};
