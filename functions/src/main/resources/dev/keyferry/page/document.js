// The document's elements, and the settings that the server put into it.

export const element = id => document.getElementById(id);

const setting = name => document.querySelector(`meta[name="keyferry:${name}"]`).content;

export const settings = {
  issuer: new URL(setting('issuer')),
  clientId: setting('client-id'),
  scope: setting('scope'),
  audience: setting('audience'),
  resource: setting('resource'),
  brand: setting('brand'),
  support: setting('support'),
};

/** Creates an element. Its children are elements, or texts, which never become markup. */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
