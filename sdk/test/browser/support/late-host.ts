import type { Extension } from './agent.js';
import type { World } from './world.js';

/** The host that admits every extension, installed now unless it is. */
export const withLateHost = async (world: World): Promise<Extension> => {
  if (!isInstalled(world)) await world.session.install(world.directoryOf('late'));
  return world.reach('late');
};

export const withoutLateHost = async (world: World): Promise<void> => {
  if (isInstalled(world)) await world.session.uninstall(world.directoryOf('late'));
};

const isInstalled = ({ session, directoryOf }: World): boolean =>
  session.extensions.some(({ dir }) => dir === directoryOf('late'));
