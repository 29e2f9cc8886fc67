#!/bin/bash
exec "$(dirname "$0")/live" 6.12
