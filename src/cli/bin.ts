#!/usr/bin/env node
import '../core/polyfill.js'
