/** Why a server cannot be started here, for people: what is missing and what to do. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
}
