import { describeProfile } from './support/describe-profile.js';

describeProfile('firefox');
