import { defineConnections } from 'portico/ui';

// Beside options.page.js, in a bundle of its own: it brings lit and a plot along.
defineConnections();
