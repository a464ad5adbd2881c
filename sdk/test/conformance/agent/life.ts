const fired: string[] = [];

/** Notes which events of its life this background was told of. */
export const listenForLife = (): void => {
  chrome.runtime.onInstalled.addListener(({ reason }) => void fired.push(`onInstalled: ${reason}`));
  chrome.runtime.onStartup.addListener(() => void fired.push('onStartup'));
};

/** The events since this background started. */
export const lifeEvents = (): readonly string[] => fired;
