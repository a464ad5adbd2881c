/**
 * `portico/tsyringe`: providers as classes. The only entry that carries a container, and the Reflect
 * polyfill without which tsyringe refuses to load.
 */
import '@abraham/reflection';
import { container, type DependencyContainer, type InjectionToken } from 'tsyringe';
import type { Principal } from '../admission/principal.js';
import type { Session } from '../serving/session.js';

/** The session; register nothing under it. */
export const SESSION: InjectionToken<Session> = Symbol('portico.session');
/** Who is on the other end. */
export const PRINCIPAL: InjectionToken<Principal> = Symbol('portico.principal');
/** The capabilities granted to the session. */
export const GRANTS: InjectionToken<ReadonlySet<string>> = Symbol('portico.grants');

/** Children by parent and session. */
const families = new WeakMap<DependencyContainer, WeakMap<Session, DependencyContainer>>();

const childOf = (session: Session, parent: DependencyContainer): DependencyContainer => {
  const children = families.get(parent) ?? new WeakMap<Session, DependencyContainer>();
  families.set(parent, children);
  let child = children.get(session);
  if (!child) {
    const made = parent.createChildContainer();
    made.register(SESSION, { useValue: session });
    made.register(PRINCIPAL, { useValue: session.principal });
    made.register(GRANTS, { useValue: session.grants });
    children.set(session, made);
    session.signal.addEventListener('abort', () => void made.dispose(), { once: true });
    child = made;
  }
  return child;
};

/**
 * A provider that lets tsyringe make the class: one child container of `parent` for each session, shared by its
 * capabilities and disposed with it, so that what has a `dispose()` and was made there is told of the end.
 * Mark what should exist once for each session `@scoped(Lifecycle.ContainerScoped)`. Inject by token
 * (`@inject(SESSION)`): extension bundles carry no type metadata.
 */
export const inject =
  <T extends object>(
    type: new (...args: never[]) => T,
    parent: DependencyContainer = container,
  ): ((session: Session) => T) =>
  (session) =>
    childOf(session, parent).resolve(type as new (...args: unknown[]) => T);
