/** How many entries of Maps and items of arrays are looked at in turn while it runs: the work of a search, however busy the machine is. */
export const looksOf = (run: () => void): number => {
  let looks = 0;
  const prototypes = [new Map().entries(), [].values()].map((each) => Object.getPrototypeOf(each));
  const originals = prototypes.map(({ next }) => next);
  prototypes.forEach((prototype, i) => {
    prototype.next = function (this: unknown) {
      looks++;
      return originals[i].call(this);
    };
  });
  try {
    run();
  } finally {
    prototypes.forEach((prototype, i) => {
      prototype.next = originals[i];
    });
  }
  return looks;
};
