"""The window as pixels on a pygame surface; reads the session and changes nothing."""
