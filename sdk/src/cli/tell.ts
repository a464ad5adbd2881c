/** Says something about the work; results alone go to standard output. */
export const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Gives a result. */
export const give = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
