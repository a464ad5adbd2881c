/** As the browser's own globals are: there, but not enumerated. */
export const define = (target: object, name: string, value: unknown): void => {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
};

/** Made when it is asked for. */
export const lazily = (target: object, name: string, make: () => unknown): void => {
  const settle = (value: unknown): void => {
    Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: true });
  };
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: true,
    set: settle,
    get() {
      const value = make();
      settle(value);
      return value;
    },
  });
};
